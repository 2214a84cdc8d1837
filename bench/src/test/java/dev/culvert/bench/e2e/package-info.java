/**
 * End-to-end tests: the real server and client, real TLS, real sockets, and services of all kinds
 * behind them. {@link dev.culvert.bench.e2e.Tunnel} starts a server and its clients.
 */
@NullMarked
package dev.culvert.bench.e2e;

import org.jspecify.annotations.NullMarked;
