{ fine: 'a', through: import 'cycle-b.libsonnet' }
