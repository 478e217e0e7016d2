package report

// A term is a word of this page.
type term struct{ Word, Meaning string }

var glossary = []term{
	{"breach", "Code execution in one function: the attacker holds what the function holds."},
	{"reach, blast radius", "Everything that a breach leads to, with the shortest way to each thing. As a share: counted resources hit, of all counted resources."},
	{"compartment", "The functions that share one role. They share that role's reach."},
	{"counted", "Resources that hold or move data: stores, tables, queues, topics, streams, buses, secrets, parameters, keys, state machines, file systems, databases, repositories. Functions, roles, APIs and log groups are shown and not counted."},
	{"hit", "Something that can be done to a resource, other than to list or tag it."},
	{"must, may", "Must: allowed whatever is not known. May: allowed unless something that is not known forbids it; what it rests on is named. A share with may contains must."},
	{"weighted", "Each resource counts by what it is worth (1; databases and keys 2; secrets 3; crown jewels 5) times how deep the water stands: ⅓ to read, ⅔ to write or send, 1 to delete, to change permissions or to take a secret."},
	{"acts", "A step that does something to a resource."},
	{"feeds", "A step that chooses another function's input: it invokes it, or writes to what triggers it. Being fed is not being owned; fed functions stay dry unless they are taken as vulnerable too."},
	{"runs", "A step that runs code or holds credentials as another principal: it assumes a role, changes a function's code, passes a role to something new."},
	{"the sea", "What a grant reaches beyond this design, such as any other table of the account."},
	{"watertightness", "1 less the mean reach over all functions."},
	{"administrator", "A principal that may do everything, or give itself the right to."},
	{"crown jewel", "A resource that the architect marked as precious."},
	{"tighten, split", "Make a role's policy smaller; make one function into several, each with a role of its own."},
}
