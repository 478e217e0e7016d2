// Decides cases with @cloud-copilot/iam-simulate: one case a line in, one outcome a line out, in order.
//
//	node driver.mjs FOLDER < cases.jsonl      FOLDER is where the package is installed
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const engine = createRequire(join(process.argv[2], 'package.json'))('@cloud-copilot/iam-simulate')

const named = (documents) => (documents ?? []).map((policy, i) => ({ name: String(i), policy }))
const levels = (list) => (list ?? []).map((documents, i) => ({ orgIdentifier: String(i), policies: named(documents) }))
const words = { Allowed: 'allowed', ExplicitlyDenied: 'explicitDeny', ImplicitlyDenied: 'implicitDeny' }

async function decide(c) {
  const anonymous = c.request.principal === 'anonymous'
  const answer = await engine.runSimulation(
    {
      request: {
        principal: anonymous ? engine.anonymousPrincipal : c.request.principal,
        action: c.request.action,
        resource: { resource: c.request.resource, accountId: c.request.resourceAccount },
        contextVariables: c.request.context,
      },
      identityPolicies: named(c.identityPolicies),
      serviceControlPolicies: c.settings?.managementAccount ? [] : levels(c.scps),
      resourceControlPolicies: levels(c.rcps),
      resourcePolicy: c.resourcePolicy,
      sessionPolicy: c.sessionPolicies?.[0],
      permissionBoundaryPolicies: c.permissionBoundary && named(c.permissionBoundary),
      vpcEndpointPolicies: c.vpcEndpointPolicies && named(c.vpcEndpointPolicies),
      additionalSettings: { s3: c.settings?.s3 },
    },
    {},
  )
  return words[answer.overallResult] ?? 'error: ' + JSON.stringify(answer.errors)
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = await decide(JSON.parse(line))
  } catch (problem) {
    answer = 'error: ' + String(problem.message).split('\n')[0]
  }
  process.stdout.write(answer + '\n')
}
