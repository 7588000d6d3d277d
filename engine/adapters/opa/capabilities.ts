/** OPA's capabilities document, as far as this engine looks into it. */
export interface Capabilities {
  readonly builtins?: readonly { readonly name: string }[];
  readonly [field: string]: unknown;
}

/**
 * The built-ins that Edict does not have: what reaches the network, the machine or chance; what depends on OPA itself; what Rego v1 has dropped;
 * and what no policy of Kubernetes objects needs. A policy that calls one is refused when it is compiled.
 */
export const refusedBuiltins: ReadonlySet<string> = new Set([
  'cast_array',
  'cast_boolean',
  'cast_null',
  'cast_object',
  'cast_set',
  'cast_string',
  'crypto.parse_private_keys',
  'crypto.x509.parse_and_verify_certificates',
  'crypto.x509.parse_and_verify_certificates_with_options',
  'crypto.x509.parse_certificate_request',
  'crypto.x509.parse_certificates',
  'crypto.x509.parse_keypair',
  'crypto.x509.parse_rsa_private_key',
  'graphql.is_valid',
  'graphql.parse',
  'graphql.parse_and_verify',
  'graphql.parse_query',
  'graphql.parse_schema',
  'graphql.schema_is_valid',
  'http.send',
  'io.jwt.decode',
  'io.jwt.decode_verify',
  'io.jwt.encode_sign',
  'io.jwt.encode_sign_raw',
  'io.jwt.verify_eddsa',
  'io.jwt.verify_es256',
  'io.jwt.verify_es384',
  'io.jwt.verify_es512',
  'io.jwt.verify_hs256',
  'io.jwt.verify_hs384',
  'io.jwt.verify_hs512',
  'io.jwt.verify_ps256',
  'io.jwt.verify_ps384',
  'io.jwt.verify_ps512',
  'io.jwt.verify_rs256',
  'io.jwt.verify_rs384',
  'io.jwt.verify_rs512',
  'net.lookup_ip_addr',
  'opa.runtime',
  'providers.aws.sign_req',
  'rand.intn',
  'rego.parse_module',
  'strings.render_template',
  'uuid.rfc4122',
]);

/** OPA's capabilities without the built-ins that Edict refuses, and without any host that could be asked. */
export function supportedCapabilities(all: Capabilities): Capabilities {
  const builtins = (all.builtins ?? []).filter(({ name }) => !refusedBuiltins.has(name));
  return { ...all, builtins, allow_net: [] };
}
