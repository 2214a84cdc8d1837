package dev.culvert.server.rules;

import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorFilter.Action;
import dev.culvert.mux.control.VisitorFilter.Part;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The filters of one tunnel. Immutable.
 *
 * <p>Where a request can be read in several ways, a filter is read in the way that lets fewer pass:
 * one that denies matches where any reading does, ignoring case and a slash at the end of a path;
 * one that allows matches only where all readings do, to the letter.
 */
final class Filters {
  private final List<Compiled> filters;
  private final boolean readsPath;
  private final boolean readsQuery;

  private record Compiled(VisitorFilter filter, Glob glob) {
    static Compiled of(VisitorFilter filter) {
      return new Compiled(
          filter,
          new Glob(
              filter.pattern(),
              filter.part() == Part.PATH ? '/' : Glob.NO_SEPARATOR,
              filter.action() == Action.DENY ? Glob.Case.IGNORED : Glob.Case.EXACT));
    }

    boolean isOf(Part part) {
      return filter.part() == part;
    }

    boolean matches(Collection<String> readings) {
      if (filter.action() == Action.ALLOW) {
        return !readings.isEmpty() && readings.stream().allMatch(glob::matches);
      }
      return readings.stream().anyMatch(glob::matches)
          || (isOf(Part.PATH) && readings.stream().map(Compiled::otherEnd).anyMatch(glob::matches));
    }

    private static String otherEnd(String path) {
      return path.endsWith("/") ? path.substring(0, path.length() - 1) : path + "/";
    }
  }

  Filters(List<VisitorFilter> filters) {
    this.filters = filters.stream().map(Compiled::of).toList();
    this.readsPath = this.filters.stream().anyMatch(filter -> filter.isOf(Part.PATH));
    this.readsQuery = this.filters.stream().anyMatch(filter -> filter.isOf(Part.QUERY));
  }

  /** Null where the request passes. */
  @Nullable RuleRefusal check(String target, HttpHeaders headers) {
    Collection<String> paths = readsPath ? PathReadings.of(target) : List.of();
    if (paths == null) {
      return RuleRefusal.ambiguous("path");
    }
    List<QueryParameter> query = readsQuery ? QueryParameter.of(target) : List.of();
    if (query == null) {
      return RuleRefusal.ambiguous("query");
    }
    for (Compiled compiled : filters) {
      VisitorFilter filter = compiled.filter();
      String name = String.valueOf(filter.name());
      Collection<String> readings =
          switch (filter.part()) {
            case PATH -> paths;
            case QUERY -> values(query, name, filter.action());
            case HEADER -> headerValues(headers, name, filter.action());
          };
      if (compiled.matches(readings)) {
        return filter.action() == Action.ALLOW ? null : RuleRefusal.filtered(filter.status());
      }
    }
    return null;
  }

  /** Where another spelling may be taken for the name too, whoever is let in needs its own. */
  private static List<String> headerValues(HttpHeaders headers, String name, Action action) {
    if (action == Action.ALLOW && !headers.contains(name)) {
      return List.of();
    }
    return HeaderNames.alike(headers, name).stream()
        .flatMap(alike -> headers.getAll(alike).stream())
        .toList();
  }

  private static List<String> values(List<QueryParameter> query, String name, Action action) {
    List<String> values = new ArrayList<>();
    for (QueryParameter parameter : query) {
      if (parameter.isCalled(name, action == Action.DENY ? Glob.Case.IGNORED : Glob.Case.EXACT)) {
        values.addAll(parameter.values());
      }
    }
    return values;
  }
}
