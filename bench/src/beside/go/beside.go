// Command beside only names the module whose own benchmarks are run from here: go test -bench . github.com/hashicorp/yamux
package main

import _ "github.com/hashicorp/yamux"

func main() {}
