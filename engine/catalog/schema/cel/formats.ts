import { type Environment, Optional } from '@marcbachmann/cel-js';
import { formats } from '../format.js';
import { isLabel, isLabelValue, isQualifiedName, isSubdomain } from '../metadata.js';

/** A named format that an expression holds. */
class NamedFormat {
  readonly name: string;
  readonly matches: (text: string) => boolean;

  constructor(name: string, matches: (text: string) => boolean) {
    this.name = name;
    this.matches = matches;
  }
}

/** What the name `format` stands for. */
class FormatNamespace {}

const isOldLabel = (text: string): boolean => isLabel(text) && /^[a-z]/.test(text);
const asPrefix =
  (matches: (text: string) => boolean) =>
  (text: string): boolean =>
    matches(text.replace(/-$/, 'a'));
const ofString =
  (name: string) =>
  (text: string): boolean =>
    formats.get(name)?.matches(text) ?? false;

const named: Readonly<Record<string, (text: string) => boolean>> = {
  dns1123Label: isLabel,
  dns1123Subdomain: isSubdomain,
  dns1035Label: isOldLabel,
  dns1123LabelPrefix: asPrefix(isLabel),
  dns1123SubdomainPrefix: asPrefix(isSubdomain),
  dns1035LabelPrefix: asPrefix(isOldLabel),
  qualifiedName: isQualifiedName,
  labelValue: isLabelValue,
  uri: ofString('uri'),
  uuid: ofString('uuid'),
  byte: ofString('byte'),
  date: ofString('date'),
  datetime: ofString('date-time'),
};

/** Registers Kubernetes' format library: `format.dns1123Label().validate(text)` gives the faults, or none. */
export function registerFormats(environment: Environment): Environment {
  const find = (name: string): NamedFormat | undefined => {
    const matches = Object.hasOwn(named, name) ? named[name] : undefined;
    return matches === undefined ? undefined : new NamedFormat(name, matches);
  };
  environment
    .registerType('NamedFormat', NamedFormat)
    .registerType('FormatNamespace', FormatNamespace)
    .registerConstant('format', 'FormatNamespace', new FormatNamespace())
    .registerOperator('NamedFormat == NamedFormat', (left: NamedFormat, right: NamedFormat) => left.name === right.name)
    .registerFunction('FormatNamespace.named(string): optional<NamedFormat>', (_format: unknown, name: string) =>
      Optional.of(find(name)),
    )
    .registerFunction(
      'NamedFormat.validate(string): optional<list<string>>',
      ({ name, matches }: NamedFormat, text: string) => {
        return matches(text) ? Optional.none() : Optional.of([`the text is no ${name}`]);
      },
    );
  for (const name of Object.keys(named)) {
    environment.registerFunction(`FormatNamespace.${name}(): NamedFormat`, () => find(name));
  }
  return environment;
}
