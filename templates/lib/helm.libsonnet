// Helm values, layer by layer.
{
  // The values of a chart, its production profile where that is wanted and there is one, and what the user says.
  layers(chart, production, user)::
    [{ name: 'chart', values: chart.values }]
    + (
      if production && std.objectHas(chart.profiles, 'production')
      then [{ name: 'production profile', values: chart.profiles.production }]
      else []
    )
    + [{ name: 'claim', values: user }],
}
