'only second'
