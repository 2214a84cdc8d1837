/**
 * The clients: how they are let in, what they ask for, and how streams to them are opened.
 *
 * <p>Start at {@link dev.culvert.server.agent.Agents}. A connection goes through {@link
 * dev.culvert.server.agent.Handshake}, becomes an {@link dev.culvert.server.agent.AgentSession} of
 * an {@link dev.culvert.server.agent.Agent}, and that one's tunnels become routes.
 */
@NullMarked
package dev.culvert.server.agent;

import org.jspecify.annotations.NullMarked;
