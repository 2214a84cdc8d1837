/**
 * Nothing leaks: a run of the end-to-end tests keeps all that is said in it, at the finest level,
 * and then every secret that was used is searched for in that. Start at {@link
 * dev.culvert.bench.secrecy.FinestOutput}; {@link dev.culvert.bench.secrecy.FinestOutputCheck} is
 * the build's last step.
 */
@NullMarked
package dev.culvert.bench.secrecy;

import org.jspecify.annotations.NullMarked;
