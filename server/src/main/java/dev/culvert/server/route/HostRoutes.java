package dev.culvert.server.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of one host, of which each has a part of its paths. Immutable but for the pools. */
public final class HostRoutes {
  private final String token;
  private final List<Part> parts; // the longest prefix first

  private record Part(String prefix, RoutePool pool) {}

  private HostRoutes(String token, List<Part> parts) {
    this.token = token;
    this.parts = parts;
  }

  /** A host without routes yet, of a token's clients. */
  static HostRoutes of(String token) {
    return new HostRoutes(token, List.of());
  }

  /** The same, and {@code pool} for all below {@code prefix}. */
  HostRoutes with(String prefix, RoutePool pool) {
    List<Part> all = new ArrayList<>(parts);
    all.add(new Part(prefix, pool));
    all.sort(Comparator.comparingInt((Part part) -> part.prefix().length()).reversed());
    return new HostRoutes(token, List.copyOf(all));
  }

  /** The same without that prefix; null where there is no other. */
  @Nullable HostRoutes without(String prefix) {
    List<Part> left = parts.stream().filter(part -> !part.prefix().equals(prefix)).toList();
    return left.isEmpty() ? null : new HostRoutes(token, left);
  }

  /** Whose clients the host belongs to. */
  String token() {
    return token;
  }

  /**
   * The routes for a request's path: those with the longest prefix of it, cut at a slash.
   *
   * @param target path and query, or {@code *}
   * @return null where there are none, or where a service could read the path as another's
   */
  public @Nullable RoutePool at(String target) {
    if (parts.size() == 1 && parts.getFirst().prefix().isEmpty()) {
      return parts.getFirst().pool();
    }
    RoutePool found = find(PathPrefix.normal(target));
    return found == find(PathPrefix.lax(target)) ? found : null;
  }

  private @Nullable RoutePool find(String path) {
    for (Part part : parts) {
      if (PathPrefix.covers(part.prefix(), path)) {
        return part.pool();
      }
    }
    return null;
  }
}
