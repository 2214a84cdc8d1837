package dev.culvert.client.link;

import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.ServerMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a link said. Written by its event loop, read by anyone. */
final class RecordingOwner implements LinkOwner {
  final List<Welcome> ups = new CopyOnWriteArrayList<>();
  final List<ServerMessage> messages = new CopyOnWriteArrayList<>();
  final List<LinkEnd> downs = new CopyOnWriteArrayList<>();

  /** The first end. */
  final CompletableFuture<LinkEnd> down = new CompletableFuture<>();

  @Override
  public void onUp(Link link, Welcome welcome) {
    ups.add(welcome);
  }

  @Override
  public void onMessage(ServerMessage message) {
    messages.add(message);
  }

  @Override
  public void onDown(LinkEnd end) {
    downs.add(end);
    down.complete(end);
  }
}
