{ fine: 'b', through: import 'cycle-a.libsonnet' }
