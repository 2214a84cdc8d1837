/**
 * The demo: a server, a client and a sample web app in one process, and the probes that show that
 * what a visitor asks for arrives whole, in time and unmixed. Start at {@link Demo}; {@link
 * SampleApp} is what is behind the tunnel, and {@link Probes} asks it for everything it offers. App
 * and probes import nothing of the tunnel, so that they judge it from outside.
 */
@NullMarked
package dev.culvert.bench.demo;

import org.jspecify.annotations.NullMarked;
