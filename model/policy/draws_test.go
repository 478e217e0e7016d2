package policy

import _ "bulkhead/internal/draws" // the same under CI
