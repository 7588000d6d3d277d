/** Integers about the ends of what is added without decimal numbers. */
const NUMBERS = [
  '0, 1, 9, 10, -1, 1073741823, 1073741824, -1073741824, -1073741825',
  '2147483647, 2147483648, -2147483648, -2147483649, 4294967296, 9007199254740993',
].join(', ');

/** Multiplication makes integers of the runtime out of numbers that it keeps as text. */
const sums: readonly string[] = ['+', '-'].map(
  (sign) => `[json.marshal(x) | some a in [${NUMBERS}]; some b in [${NUMBERS}]; x := (a * 1) ${sign} (b * 1)]`,
);

/** Built-ins that OPA's WebAssembly runtime brings along: what counts is that their failures are failures. One on each line. */
export const nativeExpressions: readonly string[] = [
  ...sums,
  ...String.raw`
count(input.list) - 1
count(input.text) + count(input.list)
[count(input.text) == 5, 3 < count(input.text), 9 > 10, 7 in {7.0, 8}]
{9: "a", 10: "b"}[count(input.list) + 4]
count({0, 5, 5.0, 50})
{1, 2, 3} - {3}
input.list - 1
1 + input.nothing
regex.match(input.text, "\ufeffhello")
concat("", ["\ufeff", input.text])
sprintf("%s", ["\ufeffa"])
to_number(input.text)
to_number("12")
to_number("1e3")
to_number(input.nothing)
to_number(input.list)
max(input.none)
max(input.numbers)
min(input.none)
max(input.text)
min(input.object)
sum(input.list)
sum(input.numbers)
product(input.none)
count(input.number)
count(input.text)
input.number / 0
input.number % 0
input.number % 5
input.fraction % 2
input.text + 1
input.number - input.fraction
input.none | {1}
{1, 2} - {1}
abs(input.text)
round(input.fraction)
ceil(input.fraction)
floor(input.negative)
concat(",", input.list)
concat(",", ["a", "b"])
concat(",", input.text)
contains(input.text, "ell")
contains(input.number, "x")
startswith(input.text, input.number)
endswith(input.nothing, "x")
lower(input.number)
upper(input.unicode)
split(input.text, "l")
split(input.number, "l")
replace(input.text, "l", input.number)
strings.replace_n({"l": "L"}, input.text)
strings.replace_n(input.object, input.text)
strings.reverse(input.unicode)
strings.reverse(input.number)
substring(input.text, 1, 2)
substring(input.text, -1, 2)
substring(input.text, 1, -1)
indexof(input.text, "l")
indexof(input.text, "")
trim(input.text, "ho")
trim(input.number, "ho")
trim_space(input.list)
format_int(input.number, 16)
format_int(input.fraction, 10)
format_int(input.number, 3)
array.concat(input.list, input.object)
array.concat(input.list, input.none)
array.slice(input.list, 1, 3)
array.slice(input.text, 1, 3)
array.slice(input.list, -1, 30)
array.reverse(input.list)
array.reverse(input.text)
base64.encode(input.unicode)
base64.encode(input.number)
base64.decode("aGVsbG8=")
base64.decode(input.text)
base64.is_valid(input.text)
base64url.encode("<<>>")
base64url.decode("PDw-Pg")
base64url.decode("***")
json.marshal(input.object)
json.unmarshal("{\"a\": [1]}")
json.unmarshal(input.text)
json.unmarshal(input.number)
json.is_valid(input.text)
json.is_valid(input.number)
json.filter(input.object, ["nested/deep"])
json.remove(input.object, ["nested/deep"])
json.filter(input.list, ["a"])
object.get(input.object, "zz", 1)
object.get(input.object, ["nested", "deep"], 1)
object.get(input.list, "zz", 1)
object.keys(input.object)
object.keys(input.list)
object.remove(input.object, ["a"])
object.remove(input.list, ["a"])
object.filter(input.object, ["a"])
object.union(input.object, {"c": 1})
object.union(input.list, {"c": 1})
object.union_n([input.object, {"c": 1}])
object.union_n(input.list)
regex.match("^h", input.text)
regex.match("[", input.text)
regex.match("^h", input.number)
regex.is_valid("[")
regex.find_all_string_submatch_n("(l)(o)?", input.text, -1)
regex.find_all_string_submatch_n("[", input.text, -1)
glob.match("h*", [], input.text)
glob.match("*.com", ["."], "a.b.com")
glob.match("[", [], input.text)
glob.match("h*", [], input.number)
net.cidr_contains("10.0.0.0/8", "10.1.2.3")
net.cidr_contains(input.text, "10.1.2.3")
net.cidr_contains("10.0.0.0/8", input.text)
net.cidr_intersects("10.0.0.0/8", "10.1.0.0/16")
net.cidr_intersects("10.0.0.0/8", input.text)
numbers.range(1, 4)
numbers.range(4, 1)
numbers.range(input.fraction, 4)
graph.reachable({"a": ["b"], "b": []}, ["a"])
graph.reachable(input.list, ["a"])
sort(input.list)
sort(input.text)
intersection({{1, 2}, {2}})
intersection(input.list)
union({{1}, {2}})
union(input.list)
bits.and(input.number, 15)
bits.lsh(input.number, -1)
bits.or(input.fraction, 1)
bits.negate(input.text)
type_name(input.nothing)
is_number(input.text)
is_string(input.text)
"x" in input.number
1 in input.numbers
0, 3 in input.numbers
walk(input.empty)
json.marshal({1, 2})
json.marshal(9007199254740993)
json.marshal(input.unicode)
concat("", {"b", "a"})
[item | some item in {"delta", "alpha", "charlie", "bravo", "golf", "echo", "foxtrot", "hotel"}]
[key | some key, _ in input.object]
$"{input.text} {input.number} {input.list}"
`
    .trim()
    .split('\n'),
];
