{
  a: import 'missing.libsonnet',
}
