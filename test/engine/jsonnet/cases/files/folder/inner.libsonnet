{ here: 'inner', up: (import '../value.libsonnet').a, beside: import 'sibling.libsonnet' }
