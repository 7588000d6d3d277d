1 + import 'cycle-self.libsonnet'
