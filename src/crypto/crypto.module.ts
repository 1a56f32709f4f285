import { Module } from '@nestjs/common';
import { KeyRing } from './key.ring.js';
import { SecretCipher } from './secret.cipher.js';
import { TokenHasher } from './token.hasher.js';

@Module({ providers: [KeyRing, SecretCipher, TokenHasher], exports: [KeyRing, SecretCipher, TokenHasher] })
export class CryptoModule {}
