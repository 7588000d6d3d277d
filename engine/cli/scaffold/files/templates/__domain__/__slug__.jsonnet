// A ConfigMap that holds the text.
local nameOf(object) = '__slug__-' + object.metadata.name;

{
  // What should exist.
  desired(facts):: {
    local object = facts.object,
    resources: [{
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: nameOf(object), namespace: object.metadata.namespace }, @namespaced
      metadata: { name: nameOf(object), namespace: facts.parameters.namespace }, @cluster
      data: { text: object.spec.text },
    }],
  },

  // What the status says, besides the conditions.
  status(facts, result):: {
    [if result.outcome == 'settled' then 'configMap']: nameOf(facts.object),
  },
}
