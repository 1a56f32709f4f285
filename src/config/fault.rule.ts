import { registerDecorator, type ValidationArguments } from 'class-validator';

/** Says what is wrong with a value, or nothing. */
export type Fault = (value: unknown) => string | undefined;

/** A class-validator decorator from a fault; an absent value is another rule's matter. */
export const rule =
  (name: string, fault: Fault) =>
  (): PropertyDecorator =>
  (target, propertyKey): void => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(propertyKey),
      validator: {
        validate: (value: unknown) => value === undefined || fault(value) === undefined,
        defaultMessage: (args?: ValidationArguments) => fault(args?.value) ?? 'is not valid',
      },
    });
  };
