package render

import _ "bulkhead/internal/draws" // the same under CI
