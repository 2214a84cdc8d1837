package dev.culvert.mux.control;

import com.google.gson.annotations.SerializedName;

/** Why a tunnel is not opened, or does not stay open. */
public enum TunnelRefusalCode {
  /** Another client has the name or port. */
  @SerializedName("taken")
  TAKEN,
  /** The name or port is none that this server gives out. */
  @SerializedName("invalid")
  INVALID,
  /** The token does not allow it. */
  @SerializedName("forbidden")
  FORBIDDEN,
  /** No port is free, or the client has too many tunnels. */
  @SerializedName("exhausted")
  EXHAUSTED
}
