package font

import _ "bulkhead/internal/draws" // the same under CI
