package dev.culvert.client;

/** Hears what happens to a client. Called on the client's event loop; must not block. */
@FunctionalInterface
public interface ClientListener {
  void onEvent(ClientEvent event);
}
