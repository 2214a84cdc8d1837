package dev.culvert.client.link;

import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.ServerMessage;

/** Who a {@link Link} is for. Called on its event loop. */
public interface LinkOwner {
  /** The server let us in; messages can be sent. */
  void onUp(Link link, Welcome welcome);

  void onMessage(ServerMessage message);

  /** The link is down, before or after it was up; called once, last. */
  void onDown(LinkEnd end);
}
