package reach

import (
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// Executions are parts of their state machine: who reads them reads what goes through it, who stops them changes it.
func TestExecutionsAreOfTheirMachine(t *testing.T) {
	b := build(t)
	m := b.resource(machineType, "M")
	of := func(name string) string {
		return "arn:aws:states:us-east-1:" + testAccount + ":execution:" + name + ":*"
	}
	reads := b.function("Reads", allow("states:GetExecutionHistory states:StopExecution", of("M")))
	other := b.function("Other", allow("states:GetExecutionHistory", of("Other")))
	a := b.analyse()
	h := hitOn(t, breach(t, a, reads.ID), m.ID)
	if !h.Must.Has(catalog.Read) || !h.Must.Has(catalog.Write) || len(breach(t, a, reads.ID).Beyond()) > 0 {
		t.Errorf("can %v, beyond %v", h.Must.All(), breach(t, a, reads.ID).Beyond())
	}
	if got := breach(t, a, other.ID); len(got.Hits) > 1 || SeaWords(got.Beyond()) != "read the state machine Other" {
		t.Errorf("of another: %d hits, %q", len(got.Hits), SeaWords(got.Beyond()))
	}
}

// A state machine's role is known without a task that goes on to something.
func TestMachineWithoutTasksActsAsItsRole(t *testing.T) {
	b := build(t)
	m := b.resource(machineType, "M")
	m.Role = b.role("MRole", trusts("states.amazonaws.com"), adminGrant).ID
	f := b.function("F", allow("states:UpdateStateMachine states:StartExecution", m.ARN))
	got := breach(t, b.analyse(), f.ID)
	if how := runsTo(got, m.Role); how != "stepfunctions-002 must" || !got.Admin {
		t.Errorf("runs as its role: %q, admin %v", how, got.Admin)
	}
}

// Who sends to a queue perhaps feeds what works off its dead letters; who starts a machine feeds nothing by a task that only reads.
func TestDeadLettersFeedPerhaps(t *testing.T) {
	b := build(t)
	jobs, dead := b.queue("jobs"), b.queue("dead")
	m, table := b.resource(machineType, "M"), b.table("Settings")
	sends := b.function("Sends", allow("sqs:SendMessage", jobs.ARN), allow("states:StartExecution", m.ARN))
	works, mourns, follows := b.function("Works"), b.function("Mourns"), b.function("Follows")
	b.trigger(jobs.ID, works.ID, "event-source-mapping")
	b.trigger(jobs.ID, dead.ID, model.Redrive)
	b.trigger(dead.ID, mourns.ID, "event-source-mapping")
	b.trigger(m.ID, table.ID, "state-machine-task").Reads = true
	b.trigger(table.ID, follows.ID, "event-source-mapping")
	got := map[model.ID]string{}
	for _, h := range breach(t, b.analyse(), sends.ID).Hits {
		if last := h.Last(); last.Kind == Feeds {
			got[h.Target] = h.Certainty.String() + " " + last.Note
		}
	}
	if len(got) != 2 || got[works.ID] != "must " || got[mourns.ID] != "may "+doubts[model.Redrive] {
		t.Errorf("feeds %v", got)
	}
}
