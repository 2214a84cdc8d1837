package dev.culvert.mux;

/** The owner of a session. Called on the session's thread, see {@link StreamListener}. */
public interface SessionListener {
  /** The peer opened {@code stream}; returns who owns it. */
  StreamListener onStream(Stream stream);

  void onEvent(SessionEvent event);

  /** {@link Session#pollOutput} may have something to give. Called often, from within anything. */
  void onOutput();
}
