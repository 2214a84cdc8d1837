package dev.culvert.server.edge;

import java.util.regex.Pattern;

/** Why an address cannot be listened on, in words; transports say the same in different ones. */
public final class ListenFailure {
  public static final String IN_USE = "something else has this address";

  /** What native transports put before the system's own words: {@code bind(..) failed ...}. */
  private static final Pattern PREFIX =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed( with error\\(-?\\d+\\))?: ");

  private ListenFailure() {}

  /** The reason, for people. Any thread. */
  public static String reason(Throwable cause) {
    if (cause.getMessage() == null) {
      return cause.toString();
    }
    String message = PREFIX.matcher(cause.getMessage()).replaceFirst("");
    if (message.contains("in use")) {
      return IN_USE;
    }
    if (message.contains("ermission denied")) {
      return "this user may not have that port";
    }
    return message.contains("assign requested address")
        ? "that is no address of this machine"
        : message;
  }
}
