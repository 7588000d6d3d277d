/**
 * The built-ins that OPA's WebAssembly runtime brings along and that can fail, with the name of the function that
 * implements each. A failure there looks like an undefined result, which would let a policy pass in silence.
 * @see internal/compiler/wasm/wasm.go of OPA 1.22, `builtinsFunctions`
 */
export const nativeBuiltins: Readonly<Record<string, string>> = {
  opa_arith_plus: 'plus',
  opa_arith_minus: 'minus',
  opa_arith_multiply: 'mul',
  opa_arith_divide: 'div',
  opa_arith_abs: 'abs',
  opa_arith_round: 'round',
  opa_arith_ceil: 'ceil',
  opa_arith_floor: 'floor',
  opa_arith_rem: 'rem',
  opa_array_concat: 'array.concat',
  opa_array_flatten: 'array.flatten',
  opa_array_reverse: 'array.reverse',
  opa_array_slice: 'array.slice',
  opa_set_diff: 'set_diff',
  opa_set_intersection: 'and',
  opa_set_union: 'or',
  opa_sets_intersection: 'intersection',
  opa_sets_union: 'union',
  opa_bits_or: 'bits.or',
  opa_bits_and: 'bits.and',
  opa_bits_negate: 'bits.negate',
  opa_bits_xor: 'bits.xor',
  opa_bits_shiftleft: 'bits.lsh',
  opa_bits_shiftright: 'bits.rsh',
  opa_agg_count: 'count',
  opa_agg_sum: 'sum',
  opa_agg_product: 'product',
  opa_agg_max: 'max',
  opa_agg_min: 'min',
  opa_agg_sort: 'sort',
  opa_agg_all: 'all',
  opa_agg_any: 'any',
  opa_base64_is_valid: 'base64.is_valid',
  opa_base64_decode: 'base64.decode',
  opa_base64_encode: 'base64.encode',
  opa_base64_url_encode: 'base64url.encode',
  opa_base64_url_decode: 'base64url.decode',
  opa_cidr_contains: 'net.cidr_contains',
  opa_cidr_intersects: 'net.cidr_intersects',
  opa_glob_match: 'glob.match',
  opa_json_marshal: 'json.marshal',
  opa_json_unmarshal: 'json.unmarshal',
  builtin_object_filter: 'object.filter',
  builtin_object_get: 'object.get',
  builtin_object_keys: 'object.keys',
  builtin_object_remove: 'object.remove',
  builtin_object_union: 'object.union',
  builtin_object_union_n: 'object.union_n',
  opa_strings_concat: 'concat',
  opa_strings_format_int: 'format_int',
  opa_strings_indexof: 'indexof',
  opa_strings_substring: 'substring',
  opa_strings_lower: 'lower',
  opa_strings_upper: 'upper',
  opa_strings_contains: 'contains',
  opa_strings_startswith: 'startswith',
  opa_strings_endswith: 'endswith',
  opa_strings_reverse: 'strings.reverse',
  opa_strings_split: 'split',
  opa_strings_replace: 'replace',
  opa_strings_replace_n: 'strings.replace_n',
  opa_strings_trim: 'trim',
  opa_strings_trim_left: 'trim_left',
  opa_strings_trim_prefix: 'trim_prefix',
  opa_strings_trim_right: 'trim_right',
  opa_strings_trim_suffix: 'trim_suffix',
  opa_strings_trim_space: 'trim_space',
  opa_numbers_range: 'numbers.range',
  opa_to_number: 'to_number',
  builtin_graph_reachable: 'graph.reachable',
  opa_regex_match: 'regex.match',
  opa_regex_find_all_string_submatch: 'regex.find_all_string_submatch_n',
  builtin_json_remove: 'json.remove',
  builtin_json_filter: 'json.filter',
};

/**
 * Built-ins of the runtime that Edict's host answers instead. In OPA they go through sets and objects in order, in its
 * WebAssembly in the order of hashes; an empty text is found where OPA gives an error; and a regular expression is
 * compiled anew in every evaluation, which takes longer than all else. By function, with the number of operands.
 */
export const hostedNatives: readonly { readonly runtime: string; readonly name: string; readonly operands: 1 | 2 }[] = [
  { runtime: 'opa_json_marshal', name: 'json.marshal', operands: 1 },
  { runtime: 'opa_strings_concat', name: 'concat', operands: 2 },
  { runtime: 'opa_strings_indexof', name: 'indexof', operands: 2 },
  { runtime: 'opa_regex_match', name: 'regex.match', operands: 2 },
];

/** The number by which a module calls the first of them; OPA numbers the others from zero. */
export const firstHostedNative = 1_000_000;

/** Of `nativeBuiltins`, the ones that are also undefined for an empty collection, without failing. */
export const undefinedForEmpty: ReadonlySet<string> = new Set(['opa_agg_max', 'opa_agg_min']);
