/** An expression on which the compiled policy and OPA's interpreter do not agree, and why that is left so. */
export interface Difference {
  readonly expression: string;
  readonly ours: string;
  readonly theirs: string;
  readonly reason: string;
}

/** In the order of the expressions. */
export const differences: readonly Difference[] = [
  {
    expression: 'sprintf("%w", [123456789012345678901234567890])',
    ours: '"%!w(big.Int=123456789012345678901234567890)"',
    theirs: '"%!w(*big.Int=&{false [14083847773837265618 6692605942]})"',
    reason: 'Go shows the inside of its big integers for this verb, which is for errors and wrong in a policy.',
  },
  {
    expression: 'yaml.unmarshal("- 017")',
    ours: '[17]',
    theirs: '[15]',
    reason: 'Edict reads YAML 1.2, here as everywhere; go-yaml keeps the octal numbers of YAML 1.1.',
  },
  {
    expression: 'yaml.unmarshal("- 1_000")',
    ours: '["1_000"]',
    theirs: '[1000]',
    reason: 'Edict reads YAML 1.2, here as everywhere; go-yaml keeps the underscores of YAML 1.1.',
  },
  {
    expression: 'json.verify_schema("{\\"$ref\\": \\"file:///etc/passwd\\"}")',
    ours: '[false,"jsonschema: remote reference loading disabled: file:///etc/passwd"]',
    theirs: '[false,"jsonschema: open /etc/passwd: not implemented on js"]',
    reason: 'OPA reads files that a schema refers to; Edict loads nothing.',
  },
  {
    expression: '[item | some item in {"delta", "alpha", "charlie", "bravo", "golf", "echo", "foxtrot", "hotel"}]',
    ours: '["echo","foxtrot","alpha","bravo","charlie","delta","golf","hotel"]',
    theirs: '["alpha","bravo","charlie","delta","echo","foxtrot","golf","hotel"]',
    reason: 'The WebAssembly of OPA goes through a set by hash: always in the same order, but not in the sorted one.',
  },
  {
    expression: '[key | some key, _ in input.object]',
    ours: '["nested","b","a"]',
    theirs: '["a","b","nested"]',
    reason: 'So it does with the keys of an object.',
  },
];
