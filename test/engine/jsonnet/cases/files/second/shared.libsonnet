'second'
