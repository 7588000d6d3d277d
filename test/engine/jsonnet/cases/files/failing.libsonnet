{
  deep: error 'deep',
  fine: 1,
  call(x): 1 / x,
}
