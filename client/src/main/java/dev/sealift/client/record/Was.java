package dev.sealift.client.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a component's column was called when it was first declared; as {@link dev.sealift.client.Schema.TableBuilder#was} says. Not for the key. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Was {
  /** The column's first name. */
  String value();
}
