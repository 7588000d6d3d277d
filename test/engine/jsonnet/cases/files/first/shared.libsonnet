'first'
