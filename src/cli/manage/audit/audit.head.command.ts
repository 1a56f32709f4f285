import { Option, SubCommand } from 'nest-commander';
import type { SignedHead } from '../../../audit/chain/signed.head.js';
import { notEmpty } from '../../terminal/option.values.js';
import { ManageCommand, type ManageOptions } from '../manage.command.js';
import { headFields } from './audit.output.js';
import { writePrivately } from './private.file.js';

@SubCommand({
  name: 'head',
  description: 'show the end of the audit log: kept elsewhere, it proves every row before it',
})
export class AuditHeadCommand extends ManageCommand {
  override readonly examples = ['manage audit head', 'manage audit head --out head.json'];
  protected override readonly docs = 'docs/security/audit.md';

  async run(_: string[], options: ManageOptions & { out?: string }): Promise<void> {
    const { out } = options;
    await this.callAndPrint(
      options,
      async (api) => {
        const head = await api.get<SignedHead>('audit/head');
        if (out !== undefined) await writePrivately(out, textOf(head));
        return head;
      },
      headFields,
    );
  }

  @Option({ flags: '--out <file>', description: 'also write it as JSON, for `verify --head`' })
  parseOut(value: string): string {
    return notEmpty('--out', value);
  }
}

/** What the server says besides is not part of the head. */
async function* textOf({ seq, hash, at, key_id, public_key, signature }: SignedHead): AsyncGenerator<string> {
  yield `${JSON.stringify({ seq, hash, at, key_id, public_key, signature }, null, 2)}\n`;
}
