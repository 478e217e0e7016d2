package edit

import "bulkhead/model"

// Deploy is Markdown for people who roll a change out. handlerExists may be nil: not known.
func Deploy(before, after *model.Design, steps []Step, handlerExists func(code, handler string) (exists, known bool)) string {
	return ""
}
