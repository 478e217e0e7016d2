given      = "tfvars"
never_null = null
