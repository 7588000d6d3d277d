/**
 * Every way in which Edict refuses something. A code is the condition reason, the metric label and
 * what tests assert on; the message may change, the code may not.
 */
export const errorCodes = {
  // What a file is
  FileUnreadable: 'a file could not be read',
  FileUnwritable: 'a file could not be written',
  FolderLocked: 'another process is writing to a folder',
  FileTooLarge: 'a file is larger than Edict reads',
  TextNotUTF8: 'a file is not UTF-8 text',
  YAMLInvalid: 'a file is not valid YAML or JSON',
  YAMLTooDeep: 'a document expands to more values, or nests deeper, than Edict reads',
  KeyForbidden: 'a key that would change the meaning of objects',

  // What a rule set is
  CatalogFileMissing: 'a kind lacks one of its files',
  CatalogFileOrphaned: 'a file belongs to no kind',
  CatalogSlugDuplicate: 'two kinds have one name, or are for the same objects',
  CatalogSchemaInvalid: 'a CRD schema is not one that Kubernetes would accept',
  InstallationInvalid: 'edict.yaml does not match its schema',
  RuleInvalid: 'a rule does not match its schema',
  RuleExpressionInvalid: 'a CEL expression of a rule or a CRD does not compile',
  TemplateInvalid: 'a template does not parse or is not an object of functions',
  PolicyInvalid: 'a policy does not compile',
  PolicyPackageMismatch: 'a policy package is not named as its path',
  VersionUnsupported: 'the installation requires another version of Edict',

  // What a template says to no purpose: warnings of `edict check`, for which nothing is refused
  TemplateLocalUnused: 'a template binds a name that it never uses',
  TemplateImportUnused: 'a template imports a file that it never uses',
  TemplateMemberUnknown: 'a template asks the standard library for something that it does not have',

  // What a custom resource asks
  ObjectInvalid: 'an object does not match the schema of its kind',
  ObjectTooLarge: 'an object is larger than Edict accepts',
  ObjectKindUnknown: 'no rule is written for a kind',
  ObjectNotFound: 'an object is not there',

  // What a test case is
  CaseInvalid: 'a test case cannot be run',

  // What an evaluation does
  FactsTooLarge: 'the facts of an object are larger than its rule allows',
  TemplateFailed: 'a template raised an error',
  TemplateOutputInvalid: 'a template returned something that Edict cannot publish',
  TemplateOutputTooLarge: 'a template returned more than its rule allows',
  PolicyFailed: 'a policy raised an error',
  ExpressionFailed: 'a CEL expression raised an error',
  EvaluationTimeout: 'an evaluation was stopped because it took too long',
  EvaluationOutOfMemory: 'an evaluation was stopped because it took too much memory',
  EvaluationTooDeep: 'an evaluation was stopped because it recursed too deep',

  // What may be written and reached
  WriteForbidden: 'a template produced something that its rule does not list under writes',
  ReadForbidden: 'something was read that its rule does not list under reads',
  NamespaceForbidden: 'a template wrote to a namespace that its rule does not allow',
  RemoteUnknown: 'no remote of edict.yaml covers a URL or name',
  ChartNotFound: 'a chart is not there',
  PathForbidden: 'a path leaves its repository or names what Git or CI own',
  PathTaken: 'two objects disagree about one path',
  SecretForbidden: 'a secret value was asked for where it would be shown',

  // What publishing meets
  ObjectConflict: 'an object changed while it was being written',
  ObjectTaken: 'an object belongs to another owner',
  FieldTaken: 'a field belongs to another field manager',
  AdmissionDenied: 'a webhook, policy or quota of the cluster denied a write',
  KindNotServed: 'the cluster does not serve a kind',
  ClusterForbidden: 'the cluster does not permit a request',
  ClusterUnavailable: 'the cluster could not be reached, or answered with a failure',
  LeadershipLost: 'another replica does the work now',
  EngineRunning: 'an engine is at work where there must be none',
  RepositoryConflict: 'a branch moved while it was being written',
  RepositoryUnavailable: 'a repository could not be reached or read',

  // What the tools need
  ArtifactUnavailable: 'a WebAssembly part is neither there nor buildable',
  AddressUnavailable: 'a server cannot listen where it was told to',
  CertificateInvalid: 'a file holds no certificate, or not the key that belongs to it',
  UsageInvalid: 'the command line is not understood',
  InternalFault: 'a defect of Edict itself',
} as const;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCodes;
