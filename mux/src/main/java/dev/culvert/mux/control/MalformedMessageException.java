package dev.culvert.mux.control;

/** The peer sent what is no message of this protocol. */
public final class MalformedMessageException extends Exception {
  MalformedMessageException(String message) {
    super(message);
  }
}
