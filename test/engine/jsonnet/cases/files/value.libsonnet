{ a: 1, nested: { b: self.c0, c0:: 2 } }
