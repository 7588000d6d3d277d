// Helps any template to build Kubernetes objects.
local isValid(character) = std.member('abcdefghijklmnopqrstuvwxyz0123456789.-', character);

{
  // The fields of `object` named `names`, as far as it has them.
  pick(object, names):: {
    [name]: object[name]
    for name in names
    if std.objectHas(object, name)
  },

  // `object` without fields that are empty: the API server drops those, and they would look like drift.
  withoutEmpty(object):: {
    [name]: object[name]
    for name in std.objectFields(object)
    if object[name] != {} && object[name] != []
  },

  // What facts and results call a child in the namespace of its owner.
  childName(facts, kind, name):: '%s/%s/%s' % [kind, facts.object.metadata.namespace, name],

  // The object that the owner already has, or null.
  child(facts, kind, name):: std.get(facts.children, self.childName(facts, kind, name)),

  // The condition of `type` in a status, or null.
  condition(status, type)::
    local found = [condition for condition in std.get(status, 'conditions', []) if condition.type == type];
    if found == [] then null else found[0],

  // `text` as a label value: lower case, whatever a label may not hold is '-', at most 63 characters,
  // none of '-' and '.' at either end.
  labelValue(text)::
    local characters = std.map(
      function(character) if isValid(character) then character else '-',
      std.stringChars(std.asciiLower(text)),
    );
    std.stripChars(std.substr(std.stripChars(std.join('', characters), '-.'), 0, 63), '-.'),
}
