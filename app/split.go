//go:build !headless

package app

import "bulkhead/model"

func (w *window) split(model.ID) {}
