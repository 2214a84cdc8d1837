package dev.culvert.bench.demo;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/** The path and the parameters of a request target, with bounds checked where they are read. */
final class Query {
  static final Query EMPTY = new Query("", Map.of());

  private final String path;
  private final Map<String, List<String>> parameters;

  private Query(String path, Map<String, List<String>> parameters) {
    this.path = path;
    this.parameters = parameters;
  }

  /**
   * @throws BadQuery when the target is not well-formed percent encoding
   */
  static Query parse(String target) {
    try {
      QueryStringDecoder decoder = new QueryStringDecoder(target);
      return new Query(decoder.path(), decoder.parameters());
    } catch (IllegalArgumentException e) {
      throw new BadQuery("request target: not well-formed (" + e.getMessage() + ")", e);
    }
  }

  String path() {
    return path;
  }

  boolean has(String name) {
    return parameters.containsKey(name);
  }

  /** The first value of that name. */
  String text(String name, String otherwise) {
    List<String> values = parameters.get(name);
    return values == null ? otherwise : values.getFirst();
  }

  /** Whether the parameter is there and says {@code true}. */
  boolean says(String name) {
    return text(name, "").equals("true");
  }

  /**
   * @throws BadQuery when the value is no whole number or out of bounds, both ends included
   */
  long number(String name, long otherwise, long min, long max) {
    return has(name) ? bounded(name, text(name, ""), min, max) : otherwise;
  }

  /**
   * Reads a number that stands elsewhere than in a parameter.
   *
   * @throws BadQuery as {@link #number} does
   */
  static long bounded(String name, String value, long min, long max) {
    String expected = name + ": " + value + " (expected: a number from " + min + " to " + max + ")";
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new BadQuery(expected, e);
    }
    throw new BadQuery(expected);
  }

  /** Says what is wrong with a request target; answered with 400. */
  static final class BadQuery extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadQuery(String message) {
      super(message);
    }

    BadQuery(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
