package dev.culvert.mux.control;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests pass, or refuses them, by what they look like. Of several filters the first that
 * matches decides.
 *
 * <p>In a pattern {@code *} stands for any characters, of a path for those within a segment, and
 * {@code **} for any.
 *
 * @param name of the query parameter or header; null for a path
 * @param status what a refused request is answered with; zero where it passes
 */
public record VisitorFilter(
    Action action, Part part, @Nullable String name, String pattern, int status) {
  /** What becomes of a request. */
  public enum Action {
    @SerializedName("allow")
    ALLOW,
    @SerializedName("deny")
    DENY
  }

  /** What of a request is looked at. */
  public enum Part {
    @SerializedName("path")
    PATH,
    @SerializedName("query")
    QUERY,
    @SerializedName("header")
    HEADER
  }

  /** Beside stars; a pattern is looked for with one bit for each. */
  public static final int MAX_PATTERN_CHARS = 63;

  private static final int MAX_NAME_CHARS = 100;
  private static final int STANDARD_STATUS = 403;

  /** They mean something to programs that only who sends them knows. */
  private static final Set<Integer> OTHER_USE = Set.of(401, 407, 408, 421, 426);

  public VisitorFilter {
    Presence.require(action, "filter action");
    Presence.require(part, "filter part");
    Presence.require(pattern, "filter pattern");
    Presence.check(
        (name == null) == (part == Part.PATH), "filter: a name goes with query and header only");
    Presence.check(
        !pattern.isEmpty()
            && pattern.length() <= 2 * MAX_PATTERN_CHARS
            && pattern.replace("*", "").length() <= MAX_PATTERN_CHARS
            && pattern.chars().noneMatch(Character::isISOControl),
        "filter pattern: expected 1 to " + MAX_PATTERN_CHARS + " characters and some stars");
    Presence.check(
        part != Part.PATH || pattern.startsWith("/") || pattern.startsWith("*"),
        "filter path: " + AddressBlock.printable(pattern) + " (expected: / or * at its start)");
    if (part == Part.HEADER && name != null) {
      HeaderEdits.checkName(name);
    }
    Presence.check(
        name == null || (!name.isEmpty() && name.length() <= MAX_NAME_CHARS),
        "filter name: expected 1 to " + MAX_NAME_CHARS + " characters");
    Presence.check(
        action == Action.ALLOW
            ? status == 0
            : status >= 400 && status < 500 && !OTHER_USE.contains(status),
        "filter status: " + status + " (expected: one such as 403 or 404, where it denies)");
  }

  /**
   * Reads {@code deny path /admin/** 404}, {@code deny query NAME PATTERN} or {@code allow header
   * NAME PATTERN}; the status is 403 where none is given.
   *
   * @throws IllegalArgumentException where it is none of these
   */
  public static VisitorFilter parse(String text) {
    List<String> words = List.of(text.strip().split("\\s+"));
    boolean isPath = words.size() > 1 && words.get(1).equals("path");
    int count = isPath ? 3 : 4;
    boolean denies = words.getFirst().equals("deny");
    boolean hasStatus = words.size() == count + 1 && words.getLast().matches("[0-9]{3}");
    if (words.size() != count && !(denies && hasStatus)) {
      throw malformed(text);
    }
    Action action =
        switch (words.getFirst()) {
          case "allow" -> Action.ALLOW;
          case "deny" -> Action.DENY;
          default -> throw malformed(text);
        };
    Part part =
        switch (words.get(1)) {
          case "path" -> Part.PATH;
          case "query" -> Part.QUERY;
          case "header" -> Part.HEADER;
          default -> throw malformed(text);
        };
    int status = hasStatus ? Integer.parseInt(words.getLast()) : denies ? STANDARD_STATUS : 0;
    return new VisitorFilter(
        action, part, isPath ? null : words.get(2), words.get(count - 1), status);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "filter: "
            + AddressBlock.printable(text)
            + " (expected: one such as deny path /admin/** 404, or allow query NAME PATTERN)");
  }
}
