import { isIP } from 'node:net';
import { registerDecorator } from 'class-validator';
import { splitList } from './config.validators.js';

const isNetwork = (entry: string): boolean => {
  const [address = '', bits, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
};

/** A comma-separated list of addresses and CIDR ranges, possibly empty. */
export const IsNetworkList = (): PropertyDecorator => (target, propertyKey) =>
  registerDecorator({
    name: 'isNetworkList',
    target: target.constructor,
    propertyName: String(propertyKey),
    validator: {
      validate: (value: unknown) => typeof value === 'string' && splitList(value).every(isNetwork),
      defaultMessage: () => 'must be a comma-separated list of addresses or ranges such as 10.0.0.0/8',
    },
  });
