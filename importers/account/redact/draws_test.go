package redact_test

import _ "bulkhead/internal/draws" // the same under CI
