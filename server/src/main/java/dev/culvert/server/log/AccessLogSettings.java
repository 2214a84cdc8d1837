package dev.culvert.server.log;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the access log is and where it goes.
 *
 * @param file null for the standard output
 * @param hasQuery whether targets and referers are written with their queries, which may hold
 *     secrets of the tunnels' visitors
 */
public record AccessLogSettings(@Nullable Path file, Format format, boolean hasQuery) {}
