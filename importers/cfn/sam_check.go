package cfn

func (t *transform) checkFunction(f *resource) {}

func (t *transform) checkEvent(e event) {}

func (t *transform) checkAPI(r *resource) {}

func (t *transform) checkWebSocketAPI(r *resource) {}

func (t *transform) checkMachine(r *resource) {}

func (t *transform) checkGraphQL(r *resource) {}

func (t *transform) checkCapacityProvider(r *resource) {}
