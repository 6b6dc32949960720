package dev.sealift.client.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What null reads as in a component's column; as {@link dev.sealift.client.Schema.TableBuilder#byDefault} says. For columns of text and numbers. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** Text as it stands in the column, or a number in digits; of a boolean 0 or 1. */
  String value();
}
