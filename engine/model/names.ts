const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const CONDITION_REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Whether `text` is a DNS-1123 subdomain, as most object names must be (Kubernetes: Object Names and IDs). */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** Whether `text` is a name that the API server accepts in a path: kinds with looser rules, such as RBAC roles, use it. */
export function isPathSegment(text: string): boolean {
  return text.length > 0 && text.length <= 253 && text !== '.' && text !== '..' && !/[/%]/.test(text);
}

/** Whether `text` is a DNS-1123 label, as namespaces are. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && DNS_LABEL.test(text);
}

/** Whether `text` can be a label value: empty, or at most 63 characters of `[A-Za-z0-9._-]`. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && QUALIFIED.test(text));
}

/** Whether `text` can be the key of a label or an annotation: an optional DNS prefix and a name. */
export function isQualifiedName(text: string): boolean {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  return (slash < 0 || isSubdomain(text.slice(0, slash))) && name.length <= 63 && QUALIFIED.test(name);
}

/** Whether `text` can be the reason of a condition (Kubernetes: metav1.Condition). */
export function isConditionReason(text: string): boolean {
  return CONDITION_REASON.test(text);
}
