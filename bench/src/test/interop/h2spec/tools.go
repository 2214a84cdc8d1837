//go:build tools

// Package tools names what the tests build from this module.
package tools

import _ "github.com/summerwind/h2spec/cmd/h2spec"
