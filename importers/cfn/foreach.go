package cfn

// forEach expands Fn::ForEach loops in Resources.
func (t *template) forEach(s *scope) {}
